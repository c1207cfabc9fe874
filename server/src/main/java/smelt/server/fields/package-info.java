/**
 * The fields of requests as tables: what is supported, ignored or refused. In: the JSON object of a request. Out: a
 * {@link smelt.server.fields.Body} of checked values; the same tables feed the documentation.
 */
@NullMarked
package smelt.server.fields;

import org.jspecify.annotations.NullMarked;
