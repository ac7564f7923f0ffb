"""Run every benchmark."""

from rich.console import Console

from tests.benchmarks import bench_add, bench_home, bench_http, bench_import, bench_lineage, bench_search
from tests.benchmarks.big import filled


def main() -> None:
    bench_http.main()
    bench_add.main()
    bench_import.main()
    bench_search.main()
    bench_home.main()
    with filled() as urls:  # once for all of these
        Console(width=132).print(bench_lineage.measured(urls))


if __name__ == "__main__":
    main()
