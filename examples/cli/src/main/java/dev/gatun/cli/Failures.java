package dev.gatun.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells errors in one line on stderr, with a stack trace only where it is asked for. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final Terminal terminal;
    private final Gatun gatun;

    Failures(Terminal terminal, Gatun gatun) {
        this.terminal = terminal;
        this.gatun = gatun;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        List<String> suggestions =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        String hint = suggestions.isEmpty() ? "" : " (did you mean " + String.join(" or ", suggestions) + "?)";
        String name = command.getCommandSpec().qualifiedName();
        tell(name, e, e.getMessage() + hint + "; see " + name + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        return report(command.getCommandSpec().qualifiedName(), e);
    }

    /** Tells why {@code command} failed; returns its exit status. */
    int report(String command, Throwable e) {
        tell(command, e, describe(e));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private void tell(String command, Throwable e, String message) {
        if (terminal.abandoned()) {
            return;
        }
        terminal.err().println(Text.printable(command + ": " + message));
        if (gatun.verbose()) {
            e.printStackTrace(terminal.err());
        }
        terminal.err().flush();
    }

    /** What went wrong in words; the file system's exceptions often have a file's name for a message. */
    static String describe(Throwable e) {
        return switch (e) {
            case UncheckedIOException unchecked when unchecked.getCause() != null -> describe(unchecked.getCause());
            case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
            case FileNotFoundException missing -> String.valueOf(missing.getMessage());
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileAlreadyExistsException exists -> exists.getFile() + ": exists already";
            case NotDirectoryException file -> file.getFile() + ": not a directory";
            case FileSystemException failed
            when failed.getReason() != null -> failed.getFile() + ": " + failed.getReason();
            case IOException failed when failed.getMessage() != null -> failed.getMessage();
            case OutOfMemoryError error -> "not enough memory: " + error.getMessage();
            case RuntimeException failed when failed.getMessage() != null && !isBug(failed) -> failed.getMessage();
            default -> "internal error: " + e + " (--verbose shows where)";
        };
    }

    /** Exceptions that no check of an input throws. */
    private static boolean isBug(RuntimeException e) {
        return e instanceof NullPointerException
                || e instanceof IndexOutOfBoundsException
                || e instanceof ClassCastException
                || e instanceof ArithmeticException;
    }
}
