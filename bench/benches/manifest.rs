//! Encode and decode of manifests; `cargo xtask bench` compares the times with the official client's.
#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Instant;

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
            bencher.iter_custom(|runs| {
                (0..runs)
                    .map(|_| {
                        let start = Instant::now();
                        let manifest = Manifest::decode(black_box(&text));
                        let time = start.elapsed();
                        // Giving its memory back is not decoding.
                        drop(manifest);
                        time
                    })
                    .sum()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, manifests);
criterion_main!(benches);
