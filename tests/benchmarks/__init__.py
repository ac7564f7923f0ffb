"""How fast it is, as ratios measured in one run. `make bench` runs all; `python -m tests.benchmarks.bench_http` one."""
