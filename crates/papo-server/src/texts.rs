//! The texts of the server's output and start-up errors, from `locales/`.

use std::sync::LazyLock;

use papo_proto::lang::Catalog;

pub(crate) static TEXTS: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new(include_str!("../locales/pt-BR/server.ftl"), include_str!("../locales/en/server.ftl"))
});

#[cfg(test)]
mod tests {
    use papo_proto::lang::outline;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_arguments() {
        assert_eq!(
            outline(include_str!("../locales/pt-BR/server.ftl")),
            outline(include_str!("../locales/en/server.ftl"))
        );
    }
}
