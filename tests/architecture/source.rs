//! A source file as the rules see it: its tokens, without comments and texts, each with its line.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// One source file.
pub struct Source {
    /// Its path from the crate's root, `src/journal/permit.rs`.
    pub path: String,
    /// As it is on disk.
    pub text: String,
    /// What the compiler sees of it; `::` is one token, doc comments and texts are left out.
    pub tokens: Vec<Token>,
}

/// A word or a sign.
pub struct Token {
    /// The word or sign itself.
    pub text: String,
    /// Where, from 1.
    pub line: usize,
    /// How many `mod … { }` of this file it stands in.
    depth: usize,
    /// Whether it stands in an item that only tests have.
    pub is_test: bool,
}

/// A path as written out in full: `use a::{b, c::d}` gives `a::b` and `a::c::d`.
pub struct SourcePath {
    /// Where, from 1.
    pub line: usize,
    /// Its words; `crate` and `super` are already resolved to the crate's root.
    pub segments: Vec<String>,
    /// Whether it begins at the crate's root.
    pub is_ours: bool,
    /// Whether it stands in an item that only tests have.
    pub is_test: bool,
}

impl Source {
    /// Reads `text` as the file at `path`.
    pub fn new(path: &str, text: &str) -> Self {
        let stream = TokenStream::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut tokens = Vec::new();
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        flatten(stream, 0, is_test, &mut tokens);
        Self { path: path.to_owned(), text: text.to_owned(), tokens }
    }

    /// Every `.rs` file below `folder`, sorted, named from the crate's root.
    pub fn all_below(folder: &str) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        walk(&root.join(folder), &mut files);
        files.sort();
        assert!(!files.is_empty(), "no sources below {folder}");
        files
            .iter()
            .map(|file| {
                let text = fs::read_to_string(file).expect("a source file is readable");
                let path =
                    file.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
                Self::new(&path, &text)
            })
            .collect()
    }

    /// The room: the module right below the crate's root, `journal`; `main` and `lib` for the roots.
    pub fn room(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split(['/', '.']).next().unwrap_or_default()
    }

    /// Whether the file is `prefix`, or stands in the folder `prefix`: both `src/ui.rs` and `src/ui/…`.
    pub fn is_in(&self, prefix: &str) -> bool {
        self.path.strip_prefix(prefix).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }

    /// Lines on which `words` follow each other.
    pub fn lines_with(&self, words: &[&str]) -> Vec<usize> {
        let matches = |window: &&[Token]| window.iter().zip(words).all(|(token, word)| token.text == *word);
        self.tokens.windows(words.len()).filter(matches).map(|window| window[0].line).collect()
    }

    /// Every path of two words or more, those of `use` written out.
    pub fn paths(&self) -> Vec<SourcePath> {
        let mut paths = Vec::new();
        for start in 0..self.tokens.len() {
            let goes_on = self.text_at(start + 1) == "::";
            let begins = start == 0 || self.text_at(start - 1) != "::";
            if goes_on && begins && is_word(self.text_at(start)) {
                self.follow(start, &mut Vec::new(), &mut paths);
            }
        }
        paths
    }

    fn text_at(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &token.text)
    }

    /// Reads a path or a tree of paths from `index` on; gives the index behind it.
    fn follow(&self, mut index: usize, prefix: &mut Vec<String>, paths: &mut Vec<SourcePath>) -> usize {
        let own_length = prefix.len();
        loop {
            let text = self.text_at(index);
            if text == "{" {
                index += 1;
                while self.text_at(index) != "}" && index < self.tokens.len() {
                    index = if self.text_at(index) == "," {
                        index + 1
                    } else {
                        self.follow(index, prefix, paths)
                    };
                }
                prefix.truncate(own_length);
                return index + 1;
            }
            prefix.push(text.to_owned());
            if self.text_at(index + 1) == "::" && !matches!(self.text_at(index + 2), "<" | "") {
                index += 2;
                continue;
            }
            paths.push(self.resolve(index, prefix));
            prefix.truncate(own_length);
            // Skips `as name`.
            return if self.text_at(index + 1) == "as" { index + 3 } else { index + 1 };
        }
    }

    /// Turns `super::super::x` into the path from the crate's root.
    fn resolve(&self, index: usize, written: &[String]) -> SourcePath {
        let Token { line, depth, is_test, .. } = self.tokens[index];
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path).trim_end_matches(".rs");
        let mut module: Vec<&str> = inside.split('/').collect();
        if matches!(module.last(), Some(&("mod" | "lib" | "main"))) {
            module.pop();
        }
        module.extend(std::iter::repeat_n("(inline)", depth));
        let climbs = written.iter().take_while(|word| *word == "super").count();
        let first = written.first().map(String::as_str);
        let (is_ours, segments) = match first {
            Some("crate" | "disparo") => (true, written[1..].to_vec()),
            Some("super") => {
                let kept = module.len().saturating_sub(climbs);
                let above = module[..kept].iter().map(|part| (*part).to_owned());
                (true, above.chain(written[climbs..].iter().cloned()).collect())
            }
            _ => (false, written.to_vec()),
        };
        SourcePath { line, segments, is_ours, is_test }
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn flatten(stream: TokenStream, depth: usize, in_test: bool, tokens: &mut Vec<Token>) {
    let mut is_test_item = false;
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let is_test = in_test || is_test_item;
        let line = tree.span().start().line;
        let mut push = |text: String| tokens.push(Token { text, line, depth, is_test });
        match tree {
            TokenTree::Literal(_) => {}
            TokenTree::Ident(word) => push(word.to_string()),
            TokenTree::Punct(sign) => {
                let is_path = sign.as_char() == ':'
                    && sign.spacing() == Spacing::Joint
                    && matches!(trees.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                if is_path {
                    trees.next();
                    push("::".to_owned());
                } else {
                    push(sign.as_char().to_string());
                    is_test_item &= sign.as_char() != ';';
                }
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                let is_attribute = open == "[" && tokens.last().is_some_and(|token| token.text == "#");
                is_test_item |= is_attribute && group.stream().to_string().replace(' ', "") == "cfg(test)";
                let is_module = open == "{" && tokens.len() > 1 && tokens[tokens.len() - 2].text == "mod";
                let end = group.span_close().start().line;
                tokens.push(Token { text: open.to_owned(), line, depth, is_test });
                flatten(group.stream(), depth + usize::from(is_module), is_test, tokens);
                tokens.push(Token { text: close.to_owned(), line: end, depth, is_test });
                is_test_item &= open != "{";
            }
        }
    }
}
