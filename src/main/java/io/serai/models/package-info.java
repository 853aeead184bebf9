/** What is known of models: what the operator configured, what providers say, what the catalogue holds. */
@org.jspecify.annotations.NullMarked
package io.serai.models;
