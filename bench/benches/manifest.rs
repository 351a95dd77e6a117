//! Encode and decode of manifests; `cargo xtask bench` compares the times with the official client's.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rusty_attachments_model::manifest::Manifest;

fn manifests(criterion: &mut Criterion) {
    for count in attachments_bench::SIZES {
        let manifest = attachments_bench::manifest(count);
        let text = manifest.encode();
        let mut group = criterion.benchmark_group("manifest");
        group.sample_size(10);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("encode", count), |bencher| {
            bencher.iter(|| black_box(&manifest).encode());
        });
        group.bench_function(BenchmarkId::new("decode", count), |bencher| {
            // What is made is dropped outside: Python's collector is not counted either.
            bencher.iter_with_large_drop(|| Manifest::decode(black_box(&text)));
        });
        group.finish();
    }
}

criterion_group!(benches, manifests);
criterion_main!(benches);
