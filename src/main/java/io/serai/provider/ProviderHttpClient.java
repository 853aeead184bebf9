package io.serai.provider;

import io.serai.call.Instance;
import io.serai.config.Provider;
import io.serai.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/**
 * The plain calls' client of one instance: it adds the key where no route, log or JMX attribute can see it, follows nothing,
 * remembers nothing, and reads an answer whole within bounds.
 */
public final class ProviderHttpClient implements HttpClientConfigurer {
    private static final long PROBE_BYTES = 64 * 1024;
    /** Shorter than the time that a generation is given to stop. */
    private static final Timeout PROBE_SILENCE = Timeout.ofMilliseconds(700);

    private final Instance instance;
    private final long maxAnswerBytes;
    private final Timeout silence;

    public ProviderHttpClient(Instance instance, Settings.Upstream limits) {
        this(instance, limits.maxAnswerBytes(), Timeout.DISABLED);
    }

    private ProviderHttpClient(Instance instance, long maxAnswerBytes, Timeout silence) {
        this.instance = instance;
        this.maxAnswerBytes = maxAnswerBytes;
        this.silence = silence;
    }

    /** For asking whether somebody is there: a short answer, and soon. */
    public static ProviderHttpClient forProbes(Instance instance) {
        return new ProviderHttpClient(instance, PROBE_BYTES, PROBE_SILENCE);
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        Provider provider = instance.provider();
        Timeout connect = silence.isDisabled() ? Timeout.of(provider.timeouts().connect()) : silence;
        builder.setDefaultRequestConfig(requestConfig(connect))
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent(UpstreamHeaders.USER_AGENT)
                .addRequestInterceptorLast((request, entity, context) -> {
                    UpstreamHeaders.of(instance).forEach(request::setHeader);
                    request.setPath(UpstreamUrl.withQuery(request.getPath(), provider));
                })
                .addExecInterceptorFirst("bounded-answer", this::bounded);
    }

    /** The client's own connect timeout is per request; the pool's would be one for all providers. */
    @SuppressWarnings("deprecation")
    private RequestConfig requestConfig(Timeout connect) {
        return RequestConfig.custom()
                .setConnectTimeout(connect)
                .setConnectionRequestTimeout(connect)
                .setResponseTimeout(silence)
                .setRedirectsEnabled(false)
                .setAuthenticationEnabled(false)
                .build();
    }

    private ClassicHttpResponse bounded(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return response;
        }
        try {
            byte[] body = readBounded(entity);
            String type = entity.getContentType();
            response.setEntity(new ByteArrayEntity(body, type == null ? null : ContentType.parseLenient(type)));
            entity.close(); // hands the connection back
            return response;
        } catch (IOException | RuntimeException e) {
            scope.execRuntime.discardEndpoint(); // closing would read the rest, which may have no end
            throw e;
        }
    }

    private byte[] readBounded(HttpEntity entity) throws IOException {
        long declared = entity.getContentLength();
        if (declared > maxAnswerBytes) {
            throw new AnswerTooLargeException(maxAnswerBytes);
        }
        InputStream in = entity.getContent();
        if (declared >= 0) {
            byte[] body = in.readNBytes((int) declared);
            if (body.length < declared) {
                throw new IOException("cut short");
            }
            in.read(); // the end of the stream, which releases the connection
            return body;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream(4096);
        byte[] part = new byte[8192];
        for (int n = in.read(part); n >= 0; n = in.read(part)) {
            body.write(part, 0, n);
            if (body.size() > maxAnswerBytes) {
                throw new AnswerTooLargeException(maxAnswerBytes);
            }
        }
        return body.toByteArray();
    }
}
