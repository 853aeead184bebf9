/** What an answer out of the cache takes. */
package io.serai.cache;
