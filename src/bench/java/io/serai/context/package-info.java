/** What it costs to know how long a request is. */
package io.serai.context;
