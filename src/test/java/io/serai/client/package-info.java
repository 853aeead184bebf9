/** The official OpenAI client for Java in front of the real broker. */
package io.serai.client;
