//! `make-manifest COUNT`: prints the canonical text of a manifest for the official client to read.

fn main() {
    let count = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .expect("how many entries");
    print!("{}", attachments_bench::manifest(count).encode());
}
