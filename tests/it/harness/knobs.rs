//! What whoever runs the tests may ask for: longer forms, a schedule once more, another binary.

/// A knob that is a number.
pub fn knob(name: &str) -> Option<u64> {
    let value = text_knob(name)?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} is no number: {value}")))
}

/// A knob that is any text.
#[expect(clippy::disallowed_methods, reason = "a test's own knobs are no settings of the program")]
pub fn text_knob(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The moments of one test: other ones each time, unless they are asked for.
pub fn seed(test: &str) -> u64 {
    let seed = knob("DISPARO_CRASH_SEED").unwrap_or_else(rand::random);
    tell(&format!("{test}: DISPARO_CRASH_SEED={seed}"));
    seed
}

/// Tells what a person who runs the test wants to know.
#[expect(clippy::print_stderr, reason = "whoever repeats a schedule must know its seed")]
pub fn tell(line: &str) {
    eprintln!("{line}");
}
