"""Settings of Spark for tests/spark and tests/databricks, which send many small queries."""

# Compiling a query to Java takes longer than running it.
NO_CODEGEN = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}

# With the default thresholds, the JVM's optimizing compiler (C2) takes a third of the CPU time.
# Here it compiles a method after five times as many calls. The other options leave room for Spark's
# classes and compiled methods, so that neither is collected.
JVM_OPTIONS = (
    "-XX:+UseSerialGC -XX:MetaspaceSize=512m -XX:ReservedCodeCacheSize=512m"
    " -XX:Tier4InvocationThreshold=25000 -XX:Tier4MinInvocationThreshold=3000"
    " -XX:Tier4CompileThreshold=75000"
)
