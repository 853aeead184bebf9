-- Tokens that the model which replied to a chat had to read; null where there was none such.
alter table requests add column effective_context bigint;
-- 1: the provider did not say, and they were counted
alter table requests add column effective_context_estimated smallint;
