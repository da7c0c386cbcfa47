//! Stores that another version of Disparo wrote.

use crate::journal::OpenError;
use crate::journal::batch::Batch;
use crate::journal::keys;
use crate::journal::store::Store;

/// A store that says it has this format.
fn of_format(format: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let mut batch = Batch::default();
    batch.put(keys::FORMAT.to_vec(), &format).expect("fits");
    store.commit(batch).expect("written");
    folder
}

#[test]
fn an_older_store_is_raised_before_anything_is_written_into_it() {
    for format in [1, 2, 3, 4] {
        let folder = of_format(format);
        let identifier = {
            let store = Store::open(folder.path()).expect("a store");
            store.read::<[u8; 8]>(keys::STORE).expect("read").expect("an identifier")
        };
        let store = Store::open(folder.path()).expect("a store");
        assert_eq!(store.read::<u32>(keys::FORMAT).expect("read"), Some(4));
        assert_eq!(store.read(keys::STORE).expect("read"), Some(identifier));
    }
}

#[test]
fn a_newer_store_is_refused_with_the_way_out() {
    let folder = of_format(5);
    match Store::open(folder.path()) {
        Err(error @ OpenError::Newer { found: 5, known: 4, .. }) => {
            assert!(error.to_string().contains("use the newer version"), "{error}");
        }
        other => panic!("{other:?}"),
    }
}
