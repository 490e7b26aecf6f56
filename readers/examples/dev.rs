fn main() {
    let corpus = readers::corpus::load(std::env::args().nth(1).unwrap().into()).unwrap();
    for reader in readers::READERS {
        let mut p = match reader.prepare() { Ok(p) => p, Err(e) => { println!("{reader}: {e}"); continue } };
        let r = match p.read(&corpus.folder) { Ok(r) => r, Err(e) => { println!("{reader}: {e}"); continue } };
        println!("== {reader} {} {}", p.version, r.len());
        for (case, e) in &corpus.expected {
            let Some(r) = r.get(case) else { println!("{case} missing"); continue };
            for d in e.differences(r) { println!("{case}: {d}"); }
        }
    }
}
