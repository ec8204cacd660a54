# Databricks notebook source
"""Set the day that a run of the job builds, as the task value `part_date` (yyyy-MM-dd, UTC).

    triggered    part_date     task value
    2024-01-16   yesterday     2024-01-15
    2024-01-16   2024-01-10    2024-01-10

It is a notebook because only notebooks can set task values. The task value `first_day` is 29 days
earlier. Anything that is not a day raises ValueError before anything is built.

Databricks passes the job's parameter `part_date` to the widget of that name. Its default is a word,
because it is not documented how an empty parameter arrives.
"""
# `dbutils` is given by Databricks.
# ruff: noqa: F821

import re
from datetime import date, timedelta


def day_of(parameter: str) -> date:
    text = dbutils.widgets.get(parameter)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"{parameter} must be a day, yyyy-MM-dd, and is {text!r}.")
    return date.fromisoformat(text)


dbutils.widgets.text("triggered", "")
dbutils.widgets.text("part_date", "yesterday")

if dbutils.widgets.get("part_date") == "yesterday":
    day = day_of("triggered") - timedelta(1)
else:
    day = day_of("part_date")

print(f"This run builds {day}.")
dbutils.jobs.taskValues.set(key="part_date", value=str(day))
dbutils.jobs.taskValues.set(key="first_day", value=str(day - timedelta(29)))
