-- How many sessions are there, and how many visits do they belong to?
-- A visit over midnight UTC is two sessions and one visit.
select
    count(*) as sessions,
    count(case when is_continued = 0 then 1 end) as visits
from {{ ref('ws_sess_visit') }}
