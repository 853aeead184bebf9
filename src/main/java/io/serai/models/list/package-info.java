/**
 * How each kind of provider lists its models. A {@link io.serai.models.list.Listing} belongs to one fetch and its thread; what
 * it reads comes from outside and is believed only within bounds.
 */
@org.jspecify.annotations.NullMarked
package io.serai.models.list;
