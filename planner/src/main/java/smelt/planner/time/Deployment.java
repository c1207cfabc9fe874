package smelt.planner.time;

import smelt.planner.model.ModelShape;
import smelt.planner.model.NumberFormats;

/** What is to run, how it is kept, where, and by which program. */
public record Deployment(ModelShape model, NumberFormats formats, Layout layout, Engine engine) {}
