package dev.gatun.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.natives.Core;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoreLedgerTest {
    private static final Core A = new Core(0, List.of(0, 4));
    private static final Core B = new Core(0, List.of(1, 5));
    private static final Core C = new Core(1, List.of(2, 6));
    private static final Core D = new Core(1, List.of(3, 7));
    private static final List<Core> ALL = List.of(A, B, C, D);

    private final CoreLedger ledger = new CoreLedger();

    @Test
    void streamsOfOneThreadFillNodeByNode() {
        assertThat(ledger.take(ALL, 1)).containsExactly(A);
        assertThat(ledger.take(ALL, 1)).containsExactly(B);
        assertThat(ledger.take(ALL, 1)).containsExactly(C);
        assertThat(ledger.take(ALL, 1)).containsExactly(D);
    }

    @Test
    void aTeamStaysOnOneNode() {
        ledger.take(ALL, 1);
        assertThat(ledger.take(ALL, 2)).containsExactly(C, D);
        assertThat(ledger.take(ALL, 2)).containsExactly(B, A);
    }

    @Test
    void theFirstNodeIsTakenFirst() {
        List<Core> cores = List.of(C, D, A, B);
        assertThat(ledger.take(cores, 1)).containsExactly(C);
        assertThat(ledger.take(cores, 2)).containsExactly(A, B);
        assertThat(ledger.take(cores, 1)).containsExactly(D);
    }

    @Test
    void aTeamLargerThanANodeSpansNodes() {
        ledger.take(ALL, 1);
        assertThat(ledger.take(ALL, 3)).containsExactly(B, C, D);
    }

    @Test
    void coresComeBack() {
        List<Core> first = ledger.take(ALL, 1);
        ledger.take(ALL, 1);
        ledger.release(first);
        assertThat(ledger.take(ALL, 1)).containsExactly(A);
    }

    @Test
    void whenAllAreTakenTheLeastLoadedAreShared() {
        ledger.take(ALL, 4);
        ledger.take(ALL, 1);
        assertThat(ledger.take(ALL, 1)).containsExactly(B);
    }
}
