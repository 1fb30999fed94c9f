# Everything a newcomer types. `uv` is used where it is installed; plain venv and pip serve without.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# A company's own certificate authority stands in the system's store, which uv asks only when told.
export UV_SYSTEM_CERTS ?= 1

.PHONY: demo test stories lint bench keyring conformance thirdparty providers envoy vsix vscode jetbrains neovim emacs clean

demo: $(READY) ## a company in a box, an editor, an AI client, and the story they play
	@$(BIN)/portico demo $(ARGS)

test: $(READY) ## what must hold, in about five minutes
	@$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "not slow" $(ARGS)

stories: $(READY) ## what takes a while each: the demo, the stories, the pages walked, installations
	@$(BIN)/python -m pytest --numprocesses 2 -m slow $(ARGS)

lint: $(READY) ## style and docstrings, types on two systems, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --platform darwin auth proxy ide_protocol editors portico.py
	@$(BIN)/lint-imports

keyring: $(READY) ## the sealed sign-in on a real desktop keyring, where there is one
	@if command -v gnome-keyring-daemon >/dev/null 2>&1 && command -v dbus-run-session >/dev/null 2>&1; then \
	  dbus-run-session -- sh tests/keyring/session.sh $(BIN)/python -m pytest tests/keyring; \
	else echo "NOT RUN: the keyring suite: gnome-keyring-daemon or dbus-run-session is missing"; fi

conformance: $(READY) ## the official MCP suite, straight and through Portico, compared check by check
	@$(BIN)/python -m tests.conformance

thirdparty: $(READY) ## servers that nobody here wrote, straight and through Portico, field by field
	@$(BIN)/python -m tests.thirdparty

providers: $(READY) ## every flow of a sign-in, against providers that nobody here wrote
	@$(BIN)/python -m tests.providers

envoy: $(READY) ## a real Envoy as the gateway: what is refused there, and what a server sees
	@$(BIN)/python -m tests.envoy $(ARGS)

vsix: $(READY) ## the extension for VS Code: types, tests, bundle, editors/vscode/portico.vsix
	@$(BIN)/python -m tests.vscode

vscode: vsix ## the extension in a real VS Code, used as a person uses it; pictures in .drive/pictures
	@$(BIN)/python -m tests.vscode.drive $(ARGS)

jetbrains: $(READY) ## the plugin for JetBrains IDEs: compiled against stubs, its words and dialogs tested
	@$(BIN)/python -m tests.jetbrains

neovim: $(READY) ## the plugin for Neovim in a real one, without a screen
	@$(BIN)/python -m tests.neovim $(ARGS)

emacs: $(READY) ## the recipe for Emacs in a real one, without a screen
	@$(BIN)/python -m tests.emacs $(ARGS)

bench: $(READY) ## every figure of docs/performance.md, as ratios measured side by side
	@$(BIN)/python -m bench $(ARGS)

clean: ## forget the environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(READY): pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python --editable '.[dev]'; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'; \
	fi
	@touch $(READY)
