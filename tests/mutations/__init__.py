"""What scripts/mutate.py breaks on purpose, one rule of the specification at a time, for a test to
notice. There is a module for each subject.

MUTATIONS has, by the name of a model, macro or data test or by the path of another file, texts that
occur there exactly once. Each text has a list of pairs: a rule, and the text that breaks this rule
if it replaces the other. A rule is its section and a sentence. The mutated project must still run,
because SQL that does not compile fails every test and proves nothing. Where no unit test can fail,
a third text names the end-to-end test that does. Without it, the test on random logs runs.
"""
