"""Settings of Spark for tests/spark and tests/databricks, which send many small queries."""

# On a few hundred rows, a query takes longer to prepare than to run.
SMALL_QUERIES = {
    # Compiling it to Java takes longer than interpreting it.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # dbt writes a temporary view and inserts from it. Spark would analyze its text twice, and give
    # new ids to all columns of a CTE wherever the next one reads it: half the time of the mart's
    # insert. With these settings, it analyzes the text once and puts each CTE where it is read.
    "spark.sql.legacy.inlineCTEInCommands": "true",
    "spark.sql.legacy.storeAnalyzedPlanForView": "true",
    # One task per step. With adaptive execution, each step is a job of its own.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.files.minPartitionNum": "1",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.databricks.delta.snapshotPartitions": "1",
    # Checks that Spark and Delta Lake make of their own work.
    "spark.sql.lightweightPlanChangeValidation": "false",
    "spark.databricks.delta.allFilesInCrc.verificationMode.forceOnNonUTC.enabled": "false",
}

# With the default thresholds, the JVM's optimizing compiler (C2) takes a third of the CPU time.
# Here it compiles a method or loop only after 20 times as many calls. The other options leave room
# for new objects, of which few live long, for those that do, and for Spark's classes and compiled
# methods, so that the garbage collector has less to do.
JVM_MEMORY = "3g"
JVM_OPTIONS = (
    "-XX:+UseSerialGC -Xmn1536m -XX:MinHeapFreeRatio=80 -XX:MaxHeapFreeRatio=95"
    " -XX:MetaspaceSize=512m -XX:ReservedCodeCacheSize=512m"
    " -XX:Tier4InvocationThreshold=100000 -XX:Tier4MinInvocationThreshold=12000"
    " -XX:Tier4CompileThreshold=300000 -XX:Tier4BackEdgeThreshold=400000"
)
