// A library that is loaded before a program (LD_PRELOAD) and cuts its power: see PowerCut.c. It has nothing to call.
#ifndef BACKLINE_POWER_CUT_H
#define BACKLINE_POWER_CUT_H
#endif
