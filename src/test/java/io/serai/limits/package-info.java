/** Limits: the control law against simulated providers, the line, and the token windows under many threads. */
@org.jspecify.annotations.NullMarked
package io.serai.limits;
