/** JSON as configurations and metadata hold it; not exported. */
package dev.gatun.json;
