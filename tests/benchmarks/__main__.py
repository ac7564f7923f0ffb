"""Run every benchmark."""

from tests.benchmarks import bench_http, bench_lineage


def main() -> None:
    bench_http.main()
    bench_lineage.main()


if __name__ == "__main__":
    main()
