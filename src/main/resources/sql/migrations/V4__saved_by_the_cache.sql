-- What answers out of the response cache did not use: it is no usage, and stands beside it.
alter table requests add column saved_input_tokens bigint not null default 0;
alter table requests add column saved_output_tokens bigint not null default 0;
-- null: nothing was saved, or its price is not known
alter table requests add column saved_cost bigint;

alter table usage_hourly add column saved_input_tokens bigint not null default 0;
alter table usage_hourly add column saved_output_tokens bigint not null default 0;
alter table usage_hourly add column saved_cost bigint not null default 0;

alter table usage_daily add column saved_input_tokens bigint not null default 0;
alter table usage_daily add column saved_output_tokens bigint not null default 0;
alter table usage_daily add column saved_cost bigint not null default 0;
