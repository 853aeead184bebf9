package io.serai.routing;

import io.serai.call.ApiError;
import io.serai.call.Call;
import io.serai.call.LogText;

/** How it reads for the client that nobody may be sent its request. */
final class SensitiveErrors {
    private SensitiveErrors() {}

    /** 404, as AISBF promises; with what was found by category, and none of its words. */
    static ApiError none(Call call) {
        return new ApiError(
                404,
                "invalid_request_error",
                "no_suitable_model",
                "model",
                "No model of '" + LogText.of(call.model())
                        + "' may be sent this request, for it was taken for sensitive ("
                        + String.join(", ", call.sensitivity().reasons())
                        + "). Leave that out, or name a model that the operator has flagged for it.",
                null);
    }
}
