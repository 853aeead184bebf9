/**
 * Which instance a call goes to, and where it goes when that one fails.
 *
 * <p>The loop that tries one candidate after another is a route ({@code walk}); a {@link io.serai.routing.Walk} decides what
 * comes next and belongs to one call and its thread. A call that goes several ways at once is divided into {@link
 * io.serai.routing.Branches}, each with a call, a walk and a thread of its own. {@link io.serai.routing.Health} is shared by all calls and generations.
 */
@org.jspecify.annotations.NullMarked
package io.serai.routing;
