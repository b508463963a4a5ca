/// The layouts of `replay.initData` of some builds, as Blizzard's s2protocol has them: written down apart from the reader,
/// to test it.
package enum InitDataNotation {
    /// By base build.
    package static let byBuild: [Int: String] = [
        16561: """
        {syncLobbyState:{userInitialData:[5]{name:str(8) randomSeed:u32 racePreference:{race:?u8} \
        teamPreference:{team:?u8} testMap:b testAuto:b observe:u2} gameDescription:{randomValue:u32 \
        gameCacheName:str(10) gameOptions:{lockTeams:b teamsTogether:b advancedSharedControl:b randomRaces:b \
        battleNet:b amm:b ranked:b noVictoryOrDefeat:b fog:u2 observers:u2 userDifficulty:u2} gameSpeed:u3 \
        gameType:u3 maxUsers:u5 maxObservers:u5 maxPlayers:u5 maxTeams:u4+1 maxColors:u5+1 maxRaces:u8+1 \
        maxControls:u8+1 mapSizeX:u8 mapSizeY:u8 mapFileSyncChecksum:u32 mapFileName:str(11) \
        mapAuthorName:str(8) modFileSyncChecksum:u32 slotDescriptions:[5]{allowedColors:bits(6) \
        allowedRaces:bits(8) allowedDifficulty:bits(6) allowedControls:bits(8) allowedObserveTypes:bits(2)} \
        defaultDifficulty:u6 cacheHandles:[4]str(=40) isBlizzardMap:b isPremadeFFA:b} lobbyState:{phase:u3 \
        maxUsers:u5 maxObservers:u5 slots:[5]{control:u8 userId:?u4 teamId:u4 colorPref:{color:?u5} \
        racePref:{race:?u8} difficulty:u6 handicap:u7 observe:u2 rewards:[5]u32} randomSeed:u32 hostUserId:?u4 \
        isSinglePlayer:b gameDuration:u32 defaultDifficulty:u6}}}
        """,
        22612: """
        {syncLobbyState:{userInitialData:[5]{name:str(8) randomSeed:u32 racePreference:{race:?u8} \
        teamPreference:{team:?u8} testMap:b testAuto:b examine:b observe:u2} gameDescription:{randomValue:u32 \
        gameCacheName:str(10) gameOptions:{lockTeams:b teamsTogether:b advancedSharedControl:b randomRaces:b \
        battleNet:b amm:b ranked:b noVictoryOrDefeat:b fog:u2 observers:u2 userDifficulty:u2 \
        clientDebugFlags:u64} gameSpeed:u3 gameType:u3 maxUsers:u5 maxObservers:u5 maxPlayers:u5 maxTeams:u4+1 \
        maxColors:u6 maxRaces:u8+1 maxControls:u8+1 mapSizeX:u8 mapSizeY:u8 mapFileSyncChecksum:u32 \
        mapFileName:str(11) mapAuthorName:str(8) modFileSyncChecksum:u32 \
        slotDescriptions:[5]{allowedColors:bits(6) allowedRaces:bits(8) allowedDifficulty:bits(6) \
        allowedControls:bits(8) allowedObserveTypes:bits(2)} defaultDifficulty:u6 cacheHandles:[6]str(=40) \
        isBlizzardMap:b isPremadeFFA:b} lobbyState:{phase:u3 maxUsers:u5 maxObservers:u5 slots:[5]{control:u8 \
        userId:?u4 teamId:u4 colorPref:{color:?u5} racePref:{race:?u8} difficulty:u6 handicap:u7 observe:u2 \
        rewards:[5]u32 toonHandle:str(7) licenses:[9]u32} randomSeed:u32 hostUserId:?u4 isSinglePlayer:b \
        gameDuration:u32 defaultDifficulty:u6}}}
        """,
        24944: """
        {syncLobbyState:{userInitialData:[5]{name:str(8) clanTag:?str(8) highestLeague:?u8 \
        combinedRaceLevels:?u32 randomSeed:u32 racePreference:{race:?u8} teamPreference:{team:?u8} testMap:b \
        testAuto:b examine:b customInterface:b observe:u2} gameDescription:{randomValue:u32 \
        gameCacheName:str(10) gameOptions:{lockTeams:b teamsTogether:b advancedSharedControl:b randomRaces:b \
        battleNet:b amm:b competitive:b noVictoryOrDefeat:b fog:u2 observers:u2 userDifficulty:u2 \
        clientDebugFlags:u64} gameSpeed:u3 gameType:u3 maxUsers:u5 maxObservers:u5 maxPlayers:u5 maxTeams:u4+1 \
        maxColors:u6 maxRaces:u8+1 maxControls:u8+1 mapSizeX:u8 mapSizeY:u8 mapFileSyncChecksum:u32 \
        mapFileName:str(11) mapAuthorName:str(8) modFileSyncChecksum:u32 \
        slotDescriptions:[5]{allowedColors:bits(6) allowedRaces:bits(8) allowedDifficulty:bits(6) \
        allowedControls:bits(8) allowedObserveTypes:bits(2) allowedAIBuilds:bits(7)} defaultDifficulty:u6 \
        defaultAIBuild:u7 cacheHandles:[6]str(=40) isBlizzardMap:b isPremadeFFA:b isCoopMode:b} \
        lobbyState:{phase:u3 maxUsers:u5 maxObservers:u5 slots:[5]{control:u8 userId:?u4 teamId:u4 \
        colorPref:{color:?u5} racePref:{race:?u8} difficulty:u6 aiBuild:u7 handicap:u7 observe:u2 \
        workingSetSlotId:?u8 rewards:[6]u32 toonHandle:str(7) licenses:[9]u32} randomSeed:u32 hostUserId:?u4 \
        isSinglePlayer:b gameDuration:u32 defaultDifficulty:u6 defaultAIBuild:u7}}}
        """,
        32283: """
        {syncLobbyState:{userInitialData:[5]{name:str(8) clanTag:?str(8) clanLogo:?str(=40) highestLeague:?u8 \
        combinedRaceLevels:?u32 randomSeed:u32 racePreference:{race:?u8} teamPreference:{team:?u8} testMap:b \
        testAuto:b examine:b customInterface:b observe:u2} gameDescription:{randomValue:u32 \
        gameCacheName:str(10) gameOptions:{lockTeams:b teamsTogether:b advancedSharedControl:b randomRaces:b \
        battleNet:b amm:b competitive:b noVictoryOrDefeat:b fog:u2 observers:u2 userDifficulty:u2 \
        clientDebugFlags:u64} gameSpeed:u3 gameType:u3 maxUsers:u5 maxObservers:u5 maxPlayers:u5 maxTeams:u4+1 \
        maxColors:u6 maxRaces:u8+1 maxControls:u8 mapSizeX:u8 mapSizeY:u8 mapFileSyncChecksum:u32 \
        mapFileName:str(11) mapAuthorName:str(8) modFileSyncChecksum:u32 \
        slotDescriptions:[5]{allowedColors:bits(6) allowedRaces:bits(8) allowedDifficulty:bits(6) \
        allowedControls:bits(8) allowedObserveTypes:bits(2) allowedAIBuilds:bits(7)} defaultDifficulty:u6 \
        defaultAIBuild:u7 cacheHandles:[6]str(=40) hasExtensionMod:b isBlizzardMap:b isPremadeFFA:b \
        isCoopMode:b} lobbyState:{phase:u3 maxUsers:u5 maxObservers:u5 slots:[5]{control:u8 userId:?u4 teamId:u4 \
        colorPref:{color:?u5} racePref:{race:?u8} difficulty:u6 aiBuild:u7 handicap:u7 observe:u2 logoIndex:u32 \
        workingSetSlotId:?u8 rewards:[6]u32 toonHandle:str(7) licenses:[9]u32} randomSeed:u32 hostUserId:?u4 \
        isSinglePlayer:b gameDuration:u32 defaultDifficulty:u6 defaultAIBuild:u7}}}
        """,
        51702: """
        {syncLobbyState:{userInitialData:[5]{name:str(8) clanTag:?str(8) clanLogo:?str(=40) highestLeague:?u8 \
        combinedRaceLevels:?u32 randomSeed:u32 racePreference:{race:?u8} teamPreference:{team:?u8} testMap:b \
        testAuto:b examine:b customInterface:b testType:u32 observe:u2 hero:str(9) skin:str(9) mount:str(9) \
        toonHandle:str(7)} gameDescription:{randomValue:u32 gameCacheName:str(10) gameOptions:{lockTeams:b \
        teamsTogether:b advancedSharedControl:b randomRaces:b battleNet:b amm:b competitive:b practice:b \
        cooperative:b noVictoryOrDefeat:b heroDuplicatesAllowed:b fog:u2 observers:u2 userDifficulty:u2 \
        clientDebugFlags:u64} gameSpeed:u3 gameType:u3 maxUsers:u5 maxObservers:u5 maxPlayers:u5 maxTeams:u4+1 \
        maxColors:u6 maxRaces:u8+1 maxControls:u8 mapSizeX:u8 mapSizeY:u8 mapFileSyncChecksum:u32 \
        mapFileName:str(11) mapAuthorName:str(8) modFileSyncChecksum:u32 \
        slotDescriptions:[5]{allowedColors:bits(6) allowedRaces:bits(8) allowedDifficulty:bits(6) \
        allowedControls:bits(8) allowedObserveTypes:bits(2) allowedAIBuilds:bits(8)} defaultDifficulty:u6 \
        defaultAIBuild:u8 cacheHandles:[6]str(=40) hasExtensionMod:b hasNonBlizzardExtensionMod:b \
        isBlizzardMap:b isPremadeFFA:b isCoopMode:b} lobbyState:{phase:u3 maxUsers:u5 maxObservers:u5 \
        slots:[5]{control:u8 userId:?u4 teamId:u4 colorPref:{color:?u5} racePref:{race:?u8} difficulty:u6 \
        aiBuild:u8 handicap:u7 observe:u2 logoIndex:u32 hero:str(9) skin:str(9) mount:str(9) artifacts:[4]str(9) \
        workingSetSlotId:?u8 rewards:[17]u32 toonHandle:str(7) licenses:[9]u32 tandemLeaderId:?u4 \
        commander:str(9) commanderLevel:u32 hasSilencePenalty:b tandemId:?u4 commanderMasteryLevel:u32 \
        commanderMasteryTalents:[3]u32 rewardOverrides:[17]{key:u32 rewards:[17]u32}} randomSeed:u32 \
        hostUserId:?u4 isSinglePlayer:b pickedMapTag:u8 gameDuration:u32 defaultDifficulty:u6 \
        defaultAIBuild:u8}}}
        """,
        70154: """
        {syncLobbyState:{userInitialData:[5]{name:str(8) clanTag:?str(8) clanLogo:?str(=40) highestLeague:?u8 \
        combinedRaceLevels:?u32 randomSeed:u32 racePreference:{race:?u8} teamPreference:{team:?u8} testMap:b \
        testAuto:b examine:b customInterface:b testType:u32 observe:u2 hero:str(9) skin:str(9) mount:str(9) \
        toonHandle:str(7) scaledRating:?i32} gameDescription:{randomValue:u32 gameCacheName:str(10) \
        gameOptions:{lockTeams:b teamsTogether:b advancedSharedControl:b randomRaces:b battleNet:b amm:b \
        competitive:b practice:b cooperative:b noVictoryOrDefeat:b heroDuplicatesAllowed:b fog:u2 observers:u2 \
        userDifficulty:u2 clientDebugFlags:u64 buildCoachEnabled:b} gameSpeed:u3 gameType:u3 maxUsers:u5 \
        maxObservers:u5 maxPlayers:u5 maxTeams:u4+1 maxColors:u6 maxRaces:u8+1 maxControls:u8 mapSizeX:u8 \
        mapSizeY:u8 mapFileSyncChecksum:u32 mapFileName:str(11) mapAuthorName:str(8) modFileSyncChecksum:u32 \
        slotDescriptions:[5]{allowedColors:bits(6) allowedRaces:bits(8) allowedDifficulty:bits(6) \
        allowedControls:bits(8) allowedObserveTypes:bits(2) allowedAIBuilds:bits(8)} defaultDifficulty:u6 \
        defaultAIBuild:u8 cacheHandles:[6]str(=40) hasExtensionMod:b hasNonBlizzardExtensionMod:b \
        isBlizzardMap:b isPremadeFFA:b isCoopMode:b isRealtimeMode:b} lobbyState:{phase:u3 maxUsers:u5 \
        maxObservers:u5 slots:[5]{control:u8 userId:?u4 teamId:u4 colorPref:{color:?u5} racePref:{race:?u8} \
        difficulty:u6 aiBuild:u8 handicap:u7 observe:u2 logoIndex:u32 hero:str(9) skin:str(9) mount:str(9) \
        artifacts:[4]str(9) workingSetSlotId:?u8 rewards:[17]u32 toonHandle:str(7) licenses:[13]u32 \
        tandemLeaderId:?u4 commander:str(9) commanderLevel:u32 hasSilencePenalty:b tandemId:?u4 \
        commanderMasteryLevel:u32 commanderMasteryTalents:[3]u32 rewardOverrides:[17]{key:u32 rewards:[17]u32}} \
        randomSeed:u32 hostUserId:?u4 isSinglePlayer:b pickedMapTag:u8 gameDuration:u32 defaultDifficulty:u6 \
        defaultAIBuild:u8}}}
        """,
        80949: """
        {syncLobbyState:{userInitialData:[5]{name:str(8) clanTag:?str(8) clanLogo:?str(=40) highestLeague:?u8 \
        combinedRaceLevels:?u32 randomSeed:u32 racePreference:{race:?u8} teamPreference:{team:?u8} testMap:b \
        testAuto:b examine:b customInterface:b testType:u32 observe:u2 hero:str(9) skin:str(9) mount:str(9) \
        toonHandle:str(7) scaledRating:?i32} gameDescription:{randomValue:u32 gameCacheName:str(10) \
        gameOptions:{lockTeams:b teamsTogether:b advancedSharedControl:b randomRaces:b battleNet:b amm:b \
        competitive:b practice:b cooperative:b noVictoryOrDefeat:b heroDuplicatesAllowed:b fog:u2 observers:u2 \
        userDifficulty:u2 clientDebugFlags:u64 buildCoachEnabled:b} gameSpeed:u3 gameType:u3 maxUsers:u5 \
        maxObservers:u5 maxPlayers:u5 maxTeams:u4+1 maxColors:u6 maxRaces:u8+1 maxControls:u8 mapSizeX:u8 \
        mapSizeY:u8 mapFileSyncChecksum:u32 mapFileName:str(11) mapAuthorName:str(8) modFileSyncChecksum:u32 \
        slotDescriptions:[5]{allowedColors:bits(6) allowedRaces:bits(8) allowedDifficulty:bits(6) \
        allowedControls:bits(8) allowedObserveTypes:bits(2) allowedAIBuilds:bits(8)} defaultDifficulty:u6 \
        defaultAIBuild:u8 cacheHandles:[6]str(=40) hasExtensionMod:b hasNonBlizzardExtensionMod:b \
        isBlizzardMap:b isPremadeFFA:b isCoopMode:b isRealtimeMode:b} lobbyState:{phase:u3 maxUsers:u5 \
        maxObservers:u5 slots:[5]{control:u8 userId:?u4 teamId:u4 colorPref:{color:?u5} racePref:{race:?u8} \
        difficulty:u6 aiBuild:u8 handicap:u32 observe:u2 logoIndex:u32 hero:str(9) skin:str(9) mount:str(9) \
        artifacts:[4]str(9) workingSetSlotId:?u8 rewards:[17]u32 toonHandle:str(7) licenses:[16]u32 \
        tandemLeaderId:?u4 commander:str(9) commanderLevel:u32 hasSilencePenalty:b tandemId:?u4 \
        commanderMasteryLevel:u32 commanderMasteryTalents:[3]u32 trophyId:u32 rewardOverrides:[17]{key:u32 \
        rewards:[17]u32} brutalPlusDifficulty:u32 retryMutationIndexes:[3]u32 aCEnemyRace:u32 \
        aCEnemyWaveType:u32 selectedCommanderPrestige:u32} randomSeed:u32 hostUserId:?u4 isSinglePlayer:b \
        pickedMapTag:u8 gameDuration:u32 defaultDifficulty:u6 defaultAIBuild:u8}}}
        """,
    ]
}
