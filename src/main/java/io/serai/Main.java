package io.serai;

import io.serai.cli.Commands;
import java.util.List;

/** The process's entry. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new Commands(System.getenv(), System.out, System.err).execute(List.of(args)));
    }
}
