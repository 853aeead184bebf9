package io.serai.server;

import java.util.List;

/** The broker in JMX, as {@code io.serai:type=Broker}. */
public interface BrokerMXBean {
    /** The number of the configuration in use; grows with each that is taken over. */
    long getGeneration();

    /** What is wrong with the newest files; empty when they are in use. */
    List<String> getConfigErrors();

    /** Requests that are being served, by replaced generations too. */
    int getInFlight();

    boolean isDraining();

    /** Every instance and whether it may be called. */
    List<InstanceView> getInstances();

    /** Every model that is declared or has answered, and how much of its context was used. */
    List<ContextView> getContexts();

    /** Requests that needed none of their own to a provider: shared chats and merged embeddings, since the start. */
    long getBatchedCalls();

    /** Tokens that shared chats did not use; not called so, for what is called a token is not shown to administrators. */
    long getBatchingSavedUsage();

    /** What those would have cost, in US dollars, as far as prices are known. */
    double getBatchingSavedUsd();

    /** Requests that were answered out of the cache, or with the answer to another that asked the same, since the start. */
    long getCachedAnswers();

    /** Tokens that these did not use. */
    long getCacheSavedUsage();

    /** What those would have cost, in US dollars, as far as prices are known. */
    double getCacheSavedUsd();

    /** Lookups that found something, of those that a backend was asked for, from 0 to 1. */
    double getCacheHitRate();
}
