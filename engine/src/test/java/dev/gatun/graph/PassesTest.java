package dev.gatun.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatun.Errors;
import dev.gatun.RandomValues;
import dev.gatun.SmallNetworks;
import dev.gatun.spec.BlockKind;
import dev.gatun.spec.BlockSpec;
import dev.gatun.spec.Projection;
import dev.gatun.spec.ResNetSpec;
import dev.gatun.spec.Shortcut;
import dev.gatun.spec.StageSpec;
import dev.gatun.spec.StemPool;
import dev.gatun.spec.Variants;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PassesTest {
    private static final Node INPUT = new Node.Input("input", 3);

    static Stream<Arguments> smallNetworks() {
        return SmallNetworks.all().entrySet().stream()
                .map(network -> Arguments.of(network.getKey(), network.getValue()));
    }

    /** All variants, and the blocks of all kinds with all shortcuts. */
    static Stream<Arguments> specs() {
        Stream<ResNetSpec> blocks = Stream.of(BlockKind.values())
                .flatMap(kind -> Stream.of(Shortcut.values()).map(shortcut -> BlockSpec.dense(kind, shortcut)))
                .map(SmallNetworks::spec);
        return Stream.concat(Variants.all().values().stream(), blocks)
                .map(spec -> Arguments.of(spec.name() + " " + spec.block(), spec));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("smallNetworks")
    void computesWhatTheGraphComputed(String name, Graph graph) {
        RandomValues values = new RandomValues(graph, 6);
        int height = SmallNetworks.side(name, 18);
        int width = SmallNetworks.side(name, 23);
        float[] images = RandomValues.uniform(7, 2 * 3 * height * width, -2, 2);
        List<double[]> expected = NaiveGraph.run(graph, values, images, 2, height, width);
        List<double[]> found = NaiveGraph.run(Passes.fuse(graph), values, images, 2, height, width);
        assertThat(found).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(Errors.relative(found.get(i), expected.get(i))).isLessThan(1e-12);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("specs")
    void leavesConvolutionsAndPoolingsAlone(String name, ResNetSpec spec) {
        Graph graph = GraphBuilder.build(spec);
        Graph fused = Passes.fuse(graph);
        Map<Class<?>, Long> before = counts(graph);
        Map<Class<?>, Long> after = counts(fused);
        assertThat(after.keySet())
                .as(name)
                .isSubsetOf(
                        Node.Input.class,
                        Node.Conv.class,
                        Node.MaxPool.class,
                        Node.AveragePool.class,
                        Node.GlobalAveragePool.class,
                        Node.InnerProduct.class);
        assertThat(after.getOrDefault(Node.Conv.class, 0L))
                .isEqualTo(before.getOrDefault(Node.Conv.class, 0L)
                        + before.getOrDefault(Node.ZeroPadShortcut.class, 0L)
                        + preactivations(spec));
        assertThat(fused.parameters()).isEqualTo(graph.parameters());
        assertThat(fused.outputs()).containsExactly(GraphBuilder.LOGITS);
        assertThat(Passes.fuse(fused)).isEqualTo(fused);
    }

    /** Those that normalise behind every convolution, and have one convolution in their stem. */
    static Stream<Arguments> papersSpecs() {
        return specs().filter(arguments -> arguments.get()[1] instanceof ResNetSpec spec
                && !spec.block().preactivation()
                && spec.block().projection() == Projection.NORMALIZED
                && spec.stem().widths().size() == 1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("papersSpecs")
    void endsEachConvolutionAsItsPlaceInTheBlockAsks(String name, ResNetSpec spec) {
        Graph fused = Passes.fuse(GraphBuilder.build(spec));
        String last = spec.block().kind() == BlockKind.BASIC ? "conv2" : "conv3";
        String blockInput = spec.stem().pool() == StemPool.NONE ? "conv1" : "maxpool";
        for (Node node : fused.nodes()) {
            if (!(node instanceof Node.Conv conv)) {
                continue;
            }
            String block = conv.name().replaceFirst("\\.(conv\\d|downsample.*)$", "");
            Epilogue expected;
            if (conv.name().contains("downsample")) {
                expected = Epilogue.NONE;
            } else if (!conv.name().endsWith("." + last)) {
                expected = new Epilogue(null, true);
            } else if (spec.block().shortcut() == Shortcut.NONE) {
                expected = new Epilogue(null, true);
                blockInput = conv.name();
            } else {
                String shortcut = fused.nodes().stream()
                        .map(Node::name)
                        .filter(other -> other.startsWith(block + ".downsample"))
                        .findFirst()
                        .orElse(blockInput);
                expected = new Epilogue(shortcut, true);
                blockInput = conv.name();
            }
            assertThat(conv.epilogue()).as(name + ": " + conv.name()).isEqualTo(expected);
            boolean embeds = conv.kernel() instanceof Kernel.ChannelEmbedding;
            assertThat(conv.norm() == null).as(name + ": " + conv.name()).isEqualTo(embeds);
        }
    }

    @Test
    void embedsTheChannelsOfZeroPadShortcutsInTheMiddle() {
        Graph fused = Passes.fuse(GraphBuilder.build(Variants.named("resnet20-cifar10")));
        Node.Conv shortcut = (Node.Conv) fused.node("layer2.0.downsample");
        assertThat(shortcut.kernel()).isEqualTo(new Kernel.ChannelEmbedding(8));
        assertThat(shortcut.window()).isEqualTo(Window.square(1, 2, 0));
        assertThat(shortcut.src()).isEqualTo("layer1.2.conv2");
        assertThat(shortcut.oc()).isEqualTo(32);
    }

    @Test
    void keepsAdditionsWhoseOperandsHaveAnotherReader() {
        Graph graph = new Graph(
                List.of(
                        INPUT,
                        conv("a", "input"),
                        conv("b", "a"),
                        new Node.Add("add", "b", "a"),
                        new Node.Add("again", "add", "b")),
                List.of("again"));
        assertThat(Passes.fuse(graph)).isEqualTo(graph);
    }

    @Test
    void keepsAdditionsWhoseLaterOperandIsAnOutput() {
        Graph graph = new Graph(
                List.of(INPUT, conv("a", "input"), conv("b", "a"), new Node.Add("add", "b", "a")), List.of("add", "b"));
        assertThat(Passes.fuse(graph)).isEqualTo(graph);
    }

    @Test
    void fusesAdditionsIntoTheLaterOperandOnWhicheverSideItIs() {
        for (Node.Add add : List.of(new Node.Add("add", "b", "a"), new Node.Add("add", "a", "b"))) {
            Graph fused = Passes.fuse(
                    new Graph(List.of(INPUT, conv("a", "input"), conv("b", "input"), add), List.of("add", "a")));
            assertThat(fused)
                    .isEqualTo(new Graph(
                            List.of(
                                    INPUT,
                                    conv("a", "input"),
                                    conv("b", "input").withEpilogue(new Epilogue("a", false))),
                            List.of("b", "a")));
        }
    }

    @Test
    void keepsAdditionsOfAValueToItself() {
        Graph graph = new Graph(List.of(INPUT, conv("a", "input"), new Node.Add("add", "a", "a")), List.of("add"));
        assertThat(Passes.fuse(graph)).isEqualTo(graph);
    }

    @Test
    void fusesTheSecondOfTwoAdditionsNowhere() {
        Graph graph = new Graph(
                List.of(
                        INPUT,
                        conv("a", "input"),
                        conv("b", "input"),
                        new Node.Add("add", "b", "a"),
                        new Node.Add("more", "add", "input")),
                List.of("more"));
        assertThat(Passes.fuse(graph))
                .isEqualTo(new Graph(
                        List.of(
                                INPUT,
                                conv("a", "input"),
                                conv("b", "input").withEpilogue(new Epilogue("a", false)),
                                new Node.Add("more", "b", "input")),
                        List.of("more")));
    }

    @Test
    void addsNothingBehindAReluAndNormalisesNothingBehindIt() {
        Graph graph = new Graph(
                List.of(
                        INPUT,
                        conv("a", "input"),
                        new Node.Relu("relu", "a"),
                        new Node.BatchNorm("bn", "relu", 3, 1e-5),
                        new Node.Add("add", "bn", "input")),
                List.of("add"));
        Node.Conv ended = conv("a", "input").withEpilogue(new Epilogue(null, true));
        Graph expected = new Graph(
                List.of(
                        INPUT,
                        ended,
                        depthwise("bn", "relu").withSources(_ -> "a").withEpilogue(new Epilogue("input", false))),
                List.of("bn"));
        assertThat(Passes.fuse(graph)).isEqualTo(expected);
        assertThat(Passes.fuse(expected)).isEqualTo(expected);
    }

    @Test
    void keepsReluAndNormalisationOfValuesThatAreReadElsewhere() {
        Graph graph = new Graph(
                List.of(
                        INPUT,
                        conv("a", "input"),
                        new Node.BatchNorm("bn", "a", 3, 1e-5),
                        conv("b", "bn"),
                        new Node.Relu("relu", "b")),
                List.of("a", "relu", "b"));
        Graph lowered = new Graph(
                List.of(INPUT, conv("a", "input"), depthwise("bn", "a"), conv("b", "bn"), new Node.Relu("relu", "b")),
                List.of("a", "relu", "b"));
        assertThat(Passes.fuse(graph)).isEqualTo(lowered);
    }

    @Test
    void foldsOneNormalisationIntoAConvolution() {
        Node.BatchNorm first = new Node.BatchNorm("bn1", "a", 3, 1e-5);
        Graph graph = new Graph(
                List.of(INPUT, conv("a", "input"), first, new Node.BatchNorm("bn2", "bn1", 3, 1e-5)), List.of("bn2"));
        Graph fused = Passes.fuse(graph);
        assertThat(fused)
                .isEqualTo(new Graph(
                        List.of(INPUT, conv("a", "input").withNorm(first), depthwise("bn2", "a")), List.of("bn2")));
    }

    @Test
    void namesOutputsAfterTheConvolutionsThatTheyWereFusedInto() {
        Graph graph = GraphBuilder.build(Variants.named("resnet18"));
        Graph features = new Graph(graph.nodes(), List.of("layer1.1.relu", "fc"));
        assertThat(Passes.fuse(features).outputs()).containsExactly("layer1.1.conv2", "fc");
    }

    @Test
    void normalisesAheadOfConvolutionsWithTheReluInIt() {
        Graph graph = new Graph(
                List.of(
                        INPUT,
                        new Node.BatchNorm("bn", "input", 3, 1e-5),
                        new Node.Relu("relu", "bn"),
                        conv("a", "relu"),
                        new Node.Add("add", "a", "input")),
                List.of("add"));
        Graph expected = new Graph(
                List.of(
                        INPUT,
                        depthwise("bn", "input").withEpilogue(new Epilogue(null, true)),
                        conv("a", "bn").withEpilogue(new Epilogue("input", false))),
                List.of("a"));
        assertThat(Passes.fuse(graph)).isEqualTo(expected);
    }

    /** Normalisations that follow no convolution directly: that before each block, but behind an activated stem, and the last. */
    private static long preactivations(ResNetSpec spec) {
        int blocks = spec.stages().stream().mapToInt(StageSpec::blocks).sum();
        return spec.block().preactivation() ? blocks + (spec.stem().activated() ? 0 : 1) : 0;
    }

    private static Node.Conv depthwise(String norm, String src) {
        return new Node.Conv(
                norm,
                src,
                3,
                3,
                3,
                Window.same(1, 1),
                new Kernel.Ones(),
                null,
                new Node.BatchNorm(norm, src, 3, 1e-5),
                Epilogue.NONE);
    }

    private static Node.Conv conv(String name, String src) {
        return Node.Conv.stored(name, src, 3, 3, 1, Window.same(1, 1));
    }

    private static Map<Class<?>, Long> counts(Graph graph) {
        Function<Node, Class<?>> kind = Node::getClass;
        return graph.nodes().stream().collect(Collectors.groupingBy(kind, Collectors.counting()));
    }
}
