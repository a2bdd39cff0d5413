# The commands of the house. All work from any folder (`make -C`), as root or not, and again.
# Nothing here names a path from the root: make cannot hold one with a space in it.

.PHONY: run test check bench format lock clean

run: ## PORT=8080 DATA=var: the demonstration region, served until Ctrl-C
	@sh make/run

test: ## everything needed, then every check and every test
	@sh make/test

check: ## the fast half: format, lint, types, layers, templates, tests of the house
	@sh make/check

bench: ## SIZES="1000 10000": what each thing costs, with other products beside; takes long
	@sh make/bench

format: ## what can be put right by a machine is put right
	@sh make/format

lock: ## requirements/*.lock made again from pyproject.toml; needs uv
	@sh make/lock

clean: ## all that can be made again; never the data under var/
	@rm -rf .venv .cache build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find styrdokument tests make -name __pycache__ -type d -prune -exec rm -rf {} +
