package io.serai.config;

import java.util.List;
import java.util.Map;

/** What a YAML or JSON file holds, each part with its line. Keys that start with {@code _} are comments and not here. */
sealed interface Tree {
    int line();

    /** The kind of thing, for a message: "a number", "a list" ... */
    String kind();

    record Scalar(int line, Type type, String text) implements Tree {
        enum Type {
            TEXT("text"),
            INTEGER("a number"),
            DECIMAL("a number"),
            FLAG("true or false"),
            NOTHING("nothing");

            private final String kind;

            Type(String kind) {
                this.kind = kind;
            }
        }

        @Override
        public String kind() {
            return type.kind;
        }

        /** Without the text, which may be a secret. */
        @Override
        public String toString() {
            return kind() + " at line " + line;
        }
    }

    record Items(int line, List<Tree> items) implements Tree {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** @param fields in the order of the file */
    record Fields(int line, Map<String, Field> fields) implements Tree {
        static final Fields EMPTY = new Fields(0, Map.of());

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** @param line of the key */
    record Field(int line, Tree value) {}
}
