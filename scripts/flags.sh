# What the JVM gets on every start. Its own messages go to standard error: standard output is the answer alone.
JVM_FLAGS='--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr'
