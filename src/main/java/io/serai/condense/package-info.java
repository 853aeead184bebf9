/**
 * Makes a conversation shorter that its model can't take whole. The methods are functions of messages, and what none of them may
 * leave out is {@link io.serai.context.Outline}'s to say; the steps of the routes {@code condense-*} apply them to a call.
 * Virtual threads of calls; {@link io.serai.condense.Summaries} outlives a generation and is shared by all.
 */
@NullMarked
package io.serai.condense;

import org.jspecify.annotations.NullMarked;
