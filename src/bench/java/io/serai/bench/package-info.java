/** What a translation costs, measured with JMH: {@code mvn -P bench test}. Not part of the tests, and of nothing that ships. */
package io.serai.bench;
