//! The engine through the library: real journal, real sandbox over HTTP, time by hand where it matters.

#[cfg(test)]
mod again;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod company;
#[cfg(test)]
mod doubt;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod exposure;
#[cfg(test)]
mod fallback;
#[cfg(test)]
mod fifth_provider;
#[cfg(test)]
mod frequency_cap;
#[cfg(test)]
mod funnel;
#[cfg(test)]
mod heard;
#[cfg(test)]
mod looked_up;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod patience;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod several_runs;
#[cfg(test)]
mod undelivered;
#[cfg(test)]
mod windows;
#[cfg(test)]
mod windows_shut;
#[cfg(test)]
mod work;
