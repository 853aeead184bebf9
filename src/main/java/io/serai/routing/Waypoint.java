package io.serai.routing;

/** What a walk comes to: someone to ask, or an autoselect that has to say first who that is. */
sealed interface Waypoint permits Candidate, Crossroads {}
