/** What the detectors find and leave alone, one by one; whom that keeps a prompt from is tested with the broker. */
package io.serai.classify;
