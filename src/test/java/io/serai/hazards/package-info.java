/** One test for each trap that has cost someone a day; each class is named after what must not happen. */
@org.jspecify.annotations.NullMarked
package io.serai.hazards;
