/**
 * How long a conversation is, and how a long one is divided. Functions of messages in OpenAI's shape: nothing here knows of
 * calls, providers or threads.
 */
@NullMarked
package io.serai.context;

import org.jspecify.annotations.NullMarked;
