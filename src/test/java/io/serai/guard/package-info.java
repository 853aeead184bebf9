/** Tests of what the project is made of: its routes, its libraries, the directions between its packages. */
@org.jspecify.annotations.NullMarked
package io.serai.guard;
