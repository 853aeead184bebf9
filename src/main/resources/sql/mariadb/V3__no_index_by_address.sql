-- A batch of rows lay all over it, and so it had more than half of the time that writing took; no query of the broker's reads it.
drop index requests_by_address on requests;
