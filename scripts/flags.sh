# What the JVM gets on every start. A small young generation is swept before it grows: 87 MB less resident, no slower.
# Its own messages go to standard error: standard output is the answer alone.
JVM_FLAGS='--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmn16m -XX:-UsePerfData'
JVM_FLAGS="$JVM_FLAGS -Xlog:disable -Xlog:all=error:stderr"
