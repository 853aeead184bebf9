/** What routing takes of a request's time; here for what only this package may call. */
package io.serai.routing;
